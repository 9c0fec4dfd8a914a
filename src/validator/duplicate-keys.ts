/** JSON keys that stand twice in one object: JSON.parse keeps the last and is silent. https://hl7.org/fhir/R4/json.html */
import type { ValidationIssue } from './issue.js'
import { renderPath, type Step } from './path.js'

interface Level {
  /** Keys met in an object; undefined in an array. */
  keys?: Set<string>
  index: number
}

const QUOTE = 34
const BACKSLASH = 92

/** An issue for each key that stands again in its object. `text` must be JSON. One pass. */
export function duplicateKeys(text: string, root = 'Resource'): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  const levels: Level[] = []
  const path: Step[] = [root]
  let keyIsNext = false
  for (let at = 0; at < text.length; at++) {
    const level = levels.at(-1)
    const char = text.charCodeAt(at)
    if (char === QUOTE) {
      const end = endOfString(text, at)
      if (keyIsNext) {
        const key = decode(text.slice(at, end + 1))
        path[levels.length] = key
        if (level!.keys!.has(key)) issues.push(issueAt(path.slice(0, levels.length + 1)))
        level!.keys!.add(key)
        keyIsNext = false
      }
      at = end
    } else if (char === 123 /* { */) {
      levels.push({ keys: new Set(), index: 0 })
      keyIsNext = true
    } else if (char === 91 /* [ */) {
      levels.push({ index: 0 })
      path[levels.length] = 0
    } else if (char === 125 /* } */ || char === 93 /* ] */) {
      levels.pop()
      path.length = levels.length + 1
      keyIsNext = false
    } else if (char === 44 /* , */ && level) {
      if (level.keys) keyIsNext = true
      else path[levels.length] = ++level.index
    }
  }
  return issues
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1
  while (text.charCodeAt(before) === BACKSLASH) before--
  return (at - before) % 2 === 0
}

const decode = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)

function issueAt(path: Step[]): ValidationIssue {
  const expression = renderPath(path.map((step, at) => nameOf(step, path[at - 2])))
  return {
    ...{ severity: 'error', code: 'structure', stage: 'structure', rule: 'duplicate-key', expression },
    text: `${expression}: The key stands twice in one JSON object; only the last would count. Leave one.`
  }
}

/** Elements whose value has a key for each type. */
const HOLDERS = new Set<Step | undefined>(['extension', 'modifierExtension', 'parameter', 'part'])

/** FHIRPath calls `_birthDate` birthDate, and `valueString` of an extension value. */
function nameOf(step: Step, holder: Step | undefined): Step {
  if (typeof step === 'number') return step
  const name = /^_[A-Za-z]/.test(step) ? step.slice(1) : step
  return HOLDERS.has(holder) && /^value[A-Z]/.test(name) ? 'value' : name
}

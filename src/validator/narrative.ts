/** Narrative: well-formed XHTML of the allowed kind, with content. https://hl7.org/fhir/R4/narrative.html#xhtml */
import { ENTITIES } from './entities.js'
import { structural, type Fault } from './issue.js'

const words = (text: string): Set<string> => new Set(text.split(' '))

const ELEMENTS = words(
  'a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ' +
    'kbd li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var del ins u s strike ' +
    'center bdo address nav'
)
const ATTRIBUTES = words(
  'title style class id lang xml:lang dir accesskey tabindex span width align valign char charoff abbr axis headers ' +
    'scope rowspan colspan border frame rules cellpadding cellspacing summary src alt longdesc height usemap ismap href ' +
    'name type charset hreflang rel rev coords shape target cite datetime xmlns start value compact nowrap bgcolor'
)
/** A tag, a comment, or a character that must not stand bare. */
const TAG = /<(\/?)([A-Za-z][A-Za-z0-9:]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y
const COMMENT = /<!--(?:[^-]|-(?!-))*-->/y
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const AMPERSAND = /&(?:#(\d+);|#x([0-9A-Fa-f]+);|([A-Za-z][A-Za-z0-9]{1,7});)?/g
/** Control characters that XML does not have. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/
const XHTML = 'http://www.w3.org/1999/xhtml'

/** Numbers that are no characters of XML. https://www.w3.org/TR/xml/#charsets */
const isCharacter = (code: number): boolean =>
  code === 9 || code === 10 || code === 13 || (code >= 32 && (code < 0xd800 || code > 0xdfff) && code < 0x110000)

/** Rule keys as in the specification: txt-1 allowed content, txt-2 something to read. */
const fault = (rule: string, text: string): Fault => ({ ...structural(rule, 'invariant', text), stage: 'rule' })
const malformed = (text: string): Fault =>
  structural('xhtml', 'structure', `The narrative is not well-formed XHTML: ${text}`)

/** The first fault of the text, or undefined. Time is linear in the length. */
export function narrativeFault(xhtml: string): Fault | undefined {
  const open: string[] = []
  let readable = false
  const first = xhtml.length - xhtml.trimStart().length
  let at = first
  if (CONTROL.test(xhtml)) return malformed('it has a control character.')
  if (!xhtml.startsWith('<div', at)) return malformed('it must be one <div> element.')
  while (at < xhtml.length) {
    const next = xhtml.indexOf('<', at)
    const end = next < 0 ? xhtml.length : next
    if (end > at) {
      const content = xhtml.slice(at, end)
      const wrong = ampersandFault(content)
      if (wrong) return wrong
      if (content.includes(']]>')) return malformed('write ]]> as ]]&gt;.')
      if (/\S/.test(content)) {
        if (open.length === 0) return malformed('there is text outside of the <div>.')
        readable = true
      }
    }
    if (next < 0) break
    if (xhtml.startsWith('<!--', next)) {
      COMMENT.lastIndex = next
      if (!COMMENT.test(xhtml)) return malformed('a comment is not closed.')
      at = COMMENT.lastIndex
      continue
    }
    if (xhtml.startsWith('<![CDATA[', next) && open.length > 0) {
      const close = xhtml.indexOf(']]>', next)
      if (close < 0) return malformed('a CDATA section is not closed.')
      readable ||= xhtml.slice(next + 9, close).trim() !== ''
      at = close + 3
      continue
    }
    TAG.lastIndex = next
    const tag = TAG.exec(xhtml)
    if (!tag) return malformed(`near "${xhtml.slice(next, next + 20)}".`)
    const wrong = tagFault(tag, open, next > first)
    if (wrong) return wrong
    readable ||= tag[2] === 'img'
    at = TAG.lastIndex
  }
  if (open.length > 0) return malformed(`<${open.at(-1)}> is not closed.`)
  return readable ? undefined : fault('txt-2', 'The narrative has nothing to read.')
}

/** An & begins an entity that XHTML has. */
function ampersandFault(text: string): Fault | undefined {
  if (!text.includes('&')) return undefined
  for (const [whole, decimal, hexadecimal, name] of text.matchAll(AMPERSAND)) {
    if (whole === '&') return malformed('write & as &amp;.')
    const code = decimal ? parseInt(decimal, 10) : hexadecimal ? parseInt(hexadecimal, 16) : 32
    if (!isCharacter(code)) return malformed(`${whole.slice(0, 20)} is no character.`)
    if (name !== undefined && !ENTITIES.has(name)) return malformed(`there is no entity ${whole}`)
  }
  return undefined
}

/** Checks one tag and keeps the stack of open elements. */
function tagFault(tag: RegExpExecArray, open: string[], inside: boolean): Fault | undefined {
  const [, closing, name, attributes, selfClosing] = tag as unknown as [string, string, string, string, string]
  if (closing) {
    const expected = open.pop()
    return expected === name ? undefined : malformed(`</${name}> does not close <${expected ?? 'nothing'}>.`)
  }
  if (inside && open.length === 0) return malformed('it must be one <div> element.')
  if (!ELEMENTS.has(name)) return fault('txt-1', `The narrative may not have the element <${name}>.`)
  if (!selfClosing) open.push(name)
  return (attributes && attributesFault(name, attributes)) || (!inside && namespaceFault(attributes)) || undefined
}

function attributesFault(element: string, text: string): Fault | undefined {
  const seen = new Set<string>()
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    if (seen.has(name!)) return malformed(`<${element}> has the attribute ${name} twice.`)
    seen.add(name!)
    if (!ATTRIBUTES.has(name!))
      return fault('txt-1', `The narrative may not have the attribute ${name} on <${element}>.`)
    const value = double ?? single ?? ''
    const wrong = ampersandFault(value)
    if (wrong) return wrong
    if (name === 'xmlns' && value !== XHTML) return malformed(`the namespace of <${element}> must be ${XHTML}.`)
    if (/^\s*javascript:/i.test(value)) return fault('txt-1', 'The narrative may not have active content.')
  }
  return undefined
}

function namespaceFault(attributes: string): Fault | undefined {
  return /(?:^|\s)xmlns\s*=/.test(attributes) ? undefined : malformed(`its <div> must say xmlns="${XHTML}".`)
}

/** `locum validate FILE...`: the validator on files, the same rules and words as the server's. */
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { duplicateKeys, type ValidationIssue, type Validator } from '../../validator/index.js'
import type { Resource } from '../../fhir/types.js'
import { check, type Checked } from '../../interactions/check.js'
import { openValidator } from '../../open-validator.js'
import { projectFolder } from '../../project-folder.js'
import { rules } from '../../resources/rules.js'
import { filesOf, resourcesOf } from './files.js'

interface Options {
  profile: string[]
  package: string[]
  quiet: boolean
}

interface Tally {
  resources: number
  invalid: number
  errors: number
  warnings: number
  unreadable: number
}

/** Back to the start of the line, which is emptied. */
const CLEAR = '\r\x1b[K'

const collect = (value: string, all: string[]): string[] => [...all, value]

/** Exit codes: 0 no errors, 1 a resource has one, 2 something cannot be read. */
export const validateCommand = (): Command =>
  new Command('validate')
    .description('Validates FHIR R4 resources: JSON files, and NDJSON files (.ndjson) with one resource a line')
    .argument('<file...>', 'files, folders or patterns such as "out/**/*.json"; - reads NDJSON from standard input')
    .option('-p, --profile <url>', 'profile to check beside those that a resource claims (again for more)', collect, [])
    .option('--package <name>', 'FHIR package to load, by name or folder (again for more)', collect, [])
    .option('-q, --quiet', 'show errors only', false)
    .action(run)

async function run(names: string[], options: Options): Promise<void> {
  const tally: Tally = { resources: 0, invalid: 0, errors: 0, warnings: 0, unreadable: 0 }
  const validator = open(options.package, tally)
  if (validator)
    for (const name of names) await attempt(name, tally, () => all(filesOf(name), validator, options, tally))
  const { resources, invalid, errors, warnings, unreadable } = tally
  if (process.stderr.isTTY) process.stderr.write(CLEAR)
  const sum = `${resources} resources, ${invalid} with errors: ${errors} errors, ${warnings} warnings`
  if (validator) process.stdout.write(`${sum}${unreadable > 0 ? `; ${unreadable} files cannot be read` : ''}\n`)
  process.exitCode = unreadable > 0 ? 2 : invalid > 0 ? 1 : 0
}

function open(packages: string[], tally: Tally): Validator | undefined {
  try {
    return openValidator(packages, fileURLToPath(new URL('packages', projectFolder('generated'))))
  } catch (error) {
    tally.unreadable++
    process.stderr.write(`${(error as Error).message}\n`)
    return undefined
  }
}

async function all(files: string[], validator: Validator, options: Options, tally: Tally): Promise<void> {
  for (const file of files)
    await attempt(file, tally, async () => {
      for await (const [place, text] of resourcesOf(file)) report(validator, place, text, options, tally)
    })
}

async function attempt(name: string, tally: Tally, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    tally.unreadable++
    process.stderr.write(`${name}: cannot be read: ${(error as Error).message}\n`)
  }
}

function report(validator: Validator, place: string, text: string, { profile, quiet }: Options, tally: Tally): void {
  tally.resources++
  const issues = issuesOf(validator, text, profile)
  const errors = issues.filter(issue => issue.severity === 'error').length
  tally.errors += errors
  tally.warnings += issues.filter(issue => issue.severity === 'warning').length
  if (errors > 0) tally.invalid++
  for (const { severity, text: words, expression, rule } of issues)
    if (!quiet || severity === 'error')
      process.stdout.write(`${place}: ${severity}: ${words} (${[expression, rule].filter(Boolean).join(', ')})\n`)
  if (process.stderr.isTTY && tally.resources % 100 === 0)
    process.stderr.write(`${CLEAR}${tally.resources} resources, ${tally.invalid} with errors`)
}

function issuesOf(
  validator: Validator,
  text: string,
  profiles: string[]
): Pick<ValidationIssue, 'severity' | 'text' | 'expression' | 'rule'>[] {
  let resource: unknown
  try {
    resource = JSON.parse(text)
  } catch (error) {
    return [{ severity: 'error', text: `This is not JSON: ${(error as Error).message}`, expression: '', rule: 'json' }]
  }
  const type = (resource as { resourceType?: unknown } | null)?.resourceType
  const twice = duplicateKeys(text, typeof type === 'string' ? type : 'Resource')
  const validate = (each: unknown) => validator.validate(each, { profiles })
  const { found } = checkTree(resource as Resource, validate)
  return [...twice, ...found]
}

type Validate = (resource: unknown) => ValidationIssue[]

/** As the server checks what is sent to be created, in entries of a Bundle too. */
function checkTree(resource: Resource, validate: Validate): Pick<Checked, 'resource' | 'found'> {
  const type = resource?.resourceType
  if (typeof type !== 'string') return { resource, found: validate(resource) }
  if (type !== 'Bundle') return check(rules, validate, { interaction: 'create', type, id: 'new', resource })
  const entries = Array.isArray(resource.entry) ? (resource.entry as ({ resource?: Resource } | null)[]) : []
  const entry = entries.map(each =>
    each?.resource ? { ...each, resource: checkTree(each.resource, validate).resource } : each
  )
  const bundle = { ...resource, ...(entries.length > 0 && { entry }) }
  return { resource: bundle, found: validate(bundle) }
}

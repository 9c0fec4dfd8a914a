/** `locum validate FILE...`: the validator on files, the same rules and words as the server's. */
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { duplicateKeys, type ValidationIssue, type Validator } from '../validator/index.js'
import type { Resource } from '../fhir/types.js'
import { check, type Checked } from '../interactions/check.js'
import { openValidator } from '../open-validator.js'
import { projectFolder } from '../project-folder.js'
import { rules } from '../resources/rules.js'

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
}

const collect = (value: string, all: string[]): string[] => [...all, value]

export const validateCommand = (): Command =>
  new Command('validate')
    .description('Validates FHIR R4 resources: JSON files, and NDJSON files (.ndjson) with one resource a line')
    .argument('<file...>', 'files to validate; - reads NDJSON from standard input')
    .option('-p, --profile <url>', 'profile to check beside those that a resource claims (again for more)', collect, [])
    .option('--package <name>', 'FHIR package to load, by name or folder (again for more)', collect, [])
    .option('-q, --quiet', 'show errors only', false)
    .action(run)

/** Exit code 1 when a resource has an error or a file cannot be read. */
async function run(files: string[], options: Options): Promise<void> {
  const validator = openValidator(options.package, fileURLToPath(new URL('packages', projectFolder('generated'))))
  const tally: Tally = { resources: 0, invalid: 0, errors: 0, warnings: 0 }
  for (const file of files) {
    try {
      for await (const [place, text] of resourcesOf(file)) report(validator, place, text, options, tally)
    } catch (error) {
      tally.invalid++
      process.stderr.write(`${file}: cannot be read: ${(error as Error).message}\n`)
    }
  }
  const { resources, invalid, errors, warnings } = tally
  if (process.stderr.isTTY) process.stderr.write('\r')
  process.stdout.write(`${resources} resources, ${invalid} with errors: ${errors} errors, ${warnings} warnings\n`)
  process.exitCode = invalid > 0 ? 1 : 0
}

/** Each resource of a file with the name of its place. */
async function* resourcesOf(file: string): AsyncGenerator<[string, string]> {
  if (file !== '-' && !file.endsWith('.ndjson')) {
    yield [file, readFileSync(file, 'utf8')]
    return
  }
  const lines = createInterface({ input: file === '-' ? process.stdin : createReadStream(file), crlfDelay: Infinity })
  let number = 0
  for await (const line of lines) if (++number && line.trim() !== '') yield [`${file}:${number}`, line]
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
    process.stderr.write(`\r${tally.resources} resources, ${tally.invalid} with errors`)
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

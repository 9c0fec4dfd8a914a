/** `locum validate`: what it says and how it ends. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { validateCommand } from '../../src/cli/validate/command.js'

const folder = mkdtempSync(join(tmpdir(), 'locum-validate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const good = { resourceType: 'Practitioner', name: [{ family: 'Lee' }] }
const bad = { ...good, gender: 'femal' }
const at = (name: string): string => join(folder, name)
mkdirSync(at('deep/er'), { recursive: true })
writeFileSync(at('good.json'), `\ufeff${JSON.stringify(good, null, 2)}`)
writeFileSync(at('deep/bad.json'), JSON.stringify(bad))
writeFileSync(at('deep/er/many.ndjson'), `${JSON.stringify(good)}\r\n\r\n${JSON.stringify(bad)}\n{"resourceType"`)
writeFileSync(at('deep/package.json'), '{"name":"x"}')
writeFileSync(at('twice.json'), '{"resourceType":"Practitioner","active":true,"active":false}')

/** Lines of both streams, and the exit code. */
async function run(...parameters: string[]): Promise<{ code: unknown; lines: string[] }> {
  const streams = [process.stdout, process.stderr].map(stream => ({ stream, write: stream.write.bind(stream) }))
  const before = process.exitCode
  let said = ''
  for (const { stream } of streams) stream.write = (chunk: string | Uint8Array) => ((said += String(chunk)), true)
  try {
    await validateCommand().parseAsync(['-q', ...parameters], { from: 'user' })
    return { code: process.exitCode, lines: said.replaceAll(`${folder}/`, '').trim().split('\n') }
  } finally {
    for (const { stream, write } of streams) stream.write = write
    process.exitCode = before
  }
}

test('no errors', async () => {
  expect(await run(at('good.json'))).toEqual({ code: 0, lines: ['1 resources, 0 with errors: 0 errors, 1 warnings'] })
})

test('a folder, with the line of each resource of an NDJSON file', async () => {
  const { code, lines } = await run(at('deep'))
  expect(code).toBe(1)
  expect(lines[0]).toMatch(
    /^deep\/bad\.json: error: Practitioner\.gender: The code "femal" .*\(Practitioner\.gender, binding\)$/
  )
  expect(lines[1]).toMatch(/^deep\/er\/many\.ndjson:3: error: Practitioner\.gender/)
  expect(lines[2]).toMatch(/^deep\/er\/many\.ndjson:4: error: This is not JSON/)
  expect(lines[3]).toBe('4 resources, 3 with errors: 3 errors, 3 warnings')
})

test.each([
  ['*.json', 2],
  ['deep/*.json', 2],
  ['**/*.json', 4],
  ['**/bad.jso?', 1]
])('a pattern: %s', async (pattern, count) => {
  expect((await run(at(pattern))).lines.at(-1)).toMatch(new RegExp(`^${count} resources`))
})

test('a key that stands twice, and a profile asked for', async () => {
  expect((await run(at('twice.json'))).lines[0]).toContain('(Practitioner.active, duplicate-key)')
  const profile = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner'
  const { code, lines } = await run('--profile', profile, at('good.json'))
  expect([code, lines[0]]).toEqual([1, expect.stringContaining('(Practitioner.identifier, cardinality)')])
})

test('what cannot be read: a file, a pattern that matches none, a package', async () => {
  const { code, lines } = await run(at('none.json'), at('none.ndjson'), at('none*.json'), at('good.json'))
  expect(code).toBe(2)
  expect(lines.map(line => line.split(':')[0])).toEqual([
    'none.json',
    'none.ndjson',
    'none*.json',
    '1 resources, 0 with errors'
  ])
  const packaged = await run('--package', 'no.such.package', at('good.json'))
  expect(packaged).toEqual({ code: 2, lines: [expect.stringContaining('There is no FHIR package no.such.package')] })
})

/** What the README says and the code knows better. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { settingsTable } from '../../src/config.js'
import { rolesTable } from '../../src/domain/permissions.js'

const root = new URL('../../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

test('the settings are those of src/config.ts', () => {
  const table = /<!-- settings -->\n([^]*?)\n<!-- \/settings -->/.exec(readme)?.[1]
  expect(table).toBe(settingsTable())
})

test('the roles are those of src/domain/permissions.ts', () => {
  const access = readFileSync(new URL('docs/access.md', root), 'utf8')
  expect(/<!-- roles -->\n([^]*?)\n<!-- \/roles -->/.exec(access)?.[1]).toBe(rolesTable())
})

test('links lead to files', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link!).filter(link => !link.includes('://'))
  expect(links.length).toBeGreaterThan(5)
  expect(links.filter(link => !existsSync(new URL(link, root)))).toEqual([])
})

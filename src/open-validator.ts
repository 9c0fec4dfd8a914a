/** The validator as the server and the command line use it: FHIR R4, the profiles of this project, FHIR packages. */
import { projectFolder } from './project-folder.js'
import {
  checkPackages,
  createValidator,
  loadDefinitions,
  loadPackages,
  loadProfiles,
  type Validator
} from './validator/index.js'

/**
 * `packages` are names, looked for in ./packages and ./node_modules, or folders; `cache` is where what was read of them
 * is kept for the next start. Throws an Error of one line when one is missing or cannot be used.
 */
export function openValidator(packages: readonly string[], cache: string): Validator {
  const definitions = loadDefinitions()
  const conformance = loadProfiles(projectFolder('profiles'))
  const loaded = loadPackages(packages, {
    folders: ['packages', 'node_modules'],
    cache,
    check: fresh => checkPackages({ definitions, conformance, packages: fresh })
  })
  return createValidator({ definitions, conformance, packages: loaded })
}

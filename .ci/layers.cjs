/**
 * The dependency rule (CONTRIBUTING.md), checked by dependency-cruiser.
 * Each folder of src may import the folders named here (and itself), nothing else of src; and only the packages named.
 */
const may = {
  fhir: [],
  domain: [],
  validator: [],
  mapping: ['fhir'],
  search: ['fhir', 'mapping'],
  resources: ['fhir', 'mapping', 'domain', 'search', 'store'],
  store: ['fhir', 'mapping', 'search'],
  auth: ['fhir', 'domain', 'store'],
  interactions: ['fhir', 'mapping', 'search', 'domain', 'store', 'validator'],
  operations: ['fhir', 'mapping', 'search', 'domain', 'store', 'validator', 'interactions'],
  tenancy: ['fhir', 'domain', 'auth', 'store'],
  workers: ['fhir', 'domain', 'store'],
  http: ['fhir', 'auth', 'interactions', 'tenancy']
}
const packages = {
  'knex|pg|pg-pool|@electric-sql/pglite': '^src/(store/postgres|cli)/',
  express: '^src/(http/|app\\.ts)',
  jose: '^src/auth/',
  fhirpath: '^src/validator/',
  'libphonenumber-js|temporal-polyfill': '^src/domain/',
  'compression|prom-client|jsonc-parser': '^src/http/',
  'lru-cache|@node-rs/argon2': '^src/(auth/|cli/|app\\.ts)',
  nodemailer: '^src/workers/',
  rfc6902: '^src/interactions/',
  'rate-limiter-flexible|cookie': '^src/http/',
  'csv-parse|yauzl|cli-progress|commander': '^src/cli/',
  'pg-copy-streams': '^src/store/postgres/',
  ajv: '^src/(validator|tenancy)/'
}
const folders = Object.entries(may).map(([folder, allowed]) => ({
  name: `layer-${folder}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` }
}))
const homes = Object.entries(packages).map(([name, home]) => ({
  name: `package-${name.split('|')[0]}`,
  severity: 'error',
  from: { path: '^src/', pathNot: home },
  to: { path: `^node_modules/(${name})(/|$)` }
}))
module.exports = {
  forbidden: [
    ...folders,
    ...homes,
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }
    },
    {
      name: 'no-sibling-resources',
      severity: 'error',
      from: { path: '^src/resources/([^/]+)/' },
      to: { path: '^src/resources/([^/]+)/', pathNot: '^src/resources/$1/' }
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' }, to: {} },
    {
      name: 'no-drawers',
      severity: 'error',
      from: {},
      to: { path: '(^|/)(util|utils|helpers|common|misc|manager)(/|\\.ts$)', pathNot: 'node_modules' }
    }
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] }
  }
}

/** What app.ts needs of the HTTP side. */
export { createHttp, FHIR_PATH, type HttpParts } from './create-http.js'
export type { ContextParts } from './context.js'
export { listen, type Listening, type ListenOptions } from './listen.js'

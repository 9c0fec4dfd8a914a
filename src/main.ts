/** `npm start`: see serve.ts. */
import { serve } from './serve.js'

serve().catch((error: unknown) => {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  // What the operator can mend is said in a line; where in the code it was said helps only who works on the code.
  const detailed = ['debug', 'trace'].includes(process.env.LOG_LEVEL ?? '')
  process.stderr.write(`${detailed ? stack : message}\n`)
  process.exit(1)
})

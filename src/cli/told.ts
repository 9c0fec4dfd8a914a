/** What a command says when it fails: one line that the operator can act on, and exit code 1. */

export async function told(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

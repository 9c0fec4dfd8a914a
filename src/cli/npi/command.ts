/** `locum npi`: the national provider file. */
import { Command, InvalidArgumentError } from 'commander'
import { importCommand, TooManyBad, type ImportOptions } from './import.js'
import { sampleCommand, type SampleOptions } from './sample.js'

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

/** Exit codes: 0 done, 1 the file or the database is not as it has to be, 2 too many bad records. */
export const npiCommand = (): Command =>
  new Command('npi')
    .description('The national provider directory of the United States')
    .addCommand(
      new Command('import')
        .description(
          'Brings a file as published by CMS into the directory: npidata_pfile_*.csv, the ZIP with it, weekly increments, reports of deactivated numbers (.xlsx, .csv). Run again after a kill, it goes on where it was'
        )
        .argument('<file>', 'CSV, ZIP or XLSX')
        .option('--full', 'the file is the whole directory: what is not in it goes')
        .option('--increment', 'the file is an increment: what is not in it stays')
        .option('--max-bad <n>', 'records that may be bad; they are left out and told by line', count, 100)
        .option('--shrink', 'a whole file may have less than half of the records that the directory has')
        .action((file: string, options: ImportOptions) => told(importCommand(file, options)))
    )
    .addCommand(
      new Command('sample')
        .description('Writes a file of that form with fictitious people and organizations')
        .argument('<n>', 'number of records', count)
        .argument('[file]', 'where to; - is standard output', '-')
        .option('--seed <n>', 'the same number makes the same file', count, 1)
        .option('--layout <1|2>', 'version of the file', count, 2)
        .action((n: number, file: string, options: SampleOptions) => told(sampleCommand(n, file, options)))
    )

async function told(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = error instanceof TooManyBad ? 2 : 1
  }
}

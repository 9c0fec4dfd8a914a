/**
 * Work that was written with a commit and is done behind it, at least once: claimed by `for update skip locked`, with a
 * lease, so that what dies half-way is taken up by the next one who looks. See docs/adr/0011-outbox.md.
 */
import type { MailDoors, OutboxEntryDue } from '../store/mail.js'

export interface OutboxOptions {
  doors: Pick<MailDoors, 'claim' | 'settle' | 'postpone'>
  /** What is to be done for an entry of a kind; throws when it is to be tried again. */
  handlers: Readonly<Record<string, (entry: OutboxEntryDue) => Promise<void>>>
  /** Told of each failure: never the content, only which entry. */
  failed: (error: unknown, entry?: OutboxEntryDue) => void
  /** Seconds between looks that nobody asked for: other processes write entries, too. */
  interval?: number
}

export interface Outbox {
  /** There may be something to do: called after each commit that wrote an entry. */
  wake: () => void
  /** Waits for what is under way. */
  stop: () => Promise<void>
}

const AT_ONCE = 5
/** Longer than a delivery may take. */
const LEASE = 120
/** Seconds before the second attempt; doubled for each further one. */
const FIRST_DELAY = 2
const LONGEST_DELAY = 3600
/** About a day and a half of trying. */
const MOST_ATTEMPTS = 48

export function startOutbox({ doors, handlers, failed, interval = 5 }: OutboxOptions): Outbox {
  let [stopped, asked] = [false, true]
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const wake = (): void => {
    asked = true
    if (stopped || running) return
    clearTimeout(timer)
    running = work().finally(() => {
      running = undefined
      if (stopped) return
      if (asked) wake()
      else timer = setTimeout(wake, interval * 1000).unref()
    })
  }

  async function work(): Promise<void> {
    try {
      while (!stopped) {
        asked = false
        const due = await doors.claim(AT_ONCE, LEASE)
        if (due.length === 0) return
        await Promise.all(due.map(attempt))
      }
    } catch (error) {
      failed(error)
    }
  }

  async function attempt(entry: OutboxEntryDue): Promise<void> {
    try {
      const handler = handlers[entry.kind]
      if (!handler) throw new Error(`Nothing here handles entries of kind ${entry.kind}`)
      await handler(entry)
      await doors.settle(entry)
    } catch (error) {
      failed(error, entry)
      const again = entry.attempts < MOST_ATTEMPTS ? delay(entry.attempts) : undefined
      await doors.postpone(entry, error instanceof Error ? error.message : String(error), again)
    }
  }

  wake()
  return {
    wake,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    }
  }
}

const delay = (attempts: number): number => Math.min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY)

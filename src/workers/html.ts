import { escapeXml } from '../fhir/escape.js'

/** A mail's text as HTML: each line a paragraph, what begins with the link a link. */
export const htmlOf = (lines: readonly string[], link?: string): string =>
  lines.map(line => `<p>${link && line.startsWith(link) ? anchor(line) : escape(line)}</p>`).join('\n')

const anchor = (url: string): string => `<a href="${escape(url)}">${escape(url)}</a>`
const escape = (text: string): string => escapeXml(text).replaceAll('"', '&quot;')

/** What the server prints when it is ready: where it is, and commands to paste for its three uses. */

/** `mail`: the folder that mail is written to, when nothing sends it. */
export function welcome(origin: string, demo: boolean, mail?: string): string {
  const base = `${origin}/fhir/R4`
  const lines = [`Locum is ready: ${base}`]
  if (mail) lines.push(`Mail is written to ${mail}, until SMTP_URL names a server.`)
  if (demo)
    lines.push(
      '',
      'A token of the demo tenant:',
      `  TOKEN=$(curl -s -u demo:demo-secret -d grant_type=client_credentials ${origin}/oauth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
      'A provider by NPI, from the national directory:',
      `  curl -s -H "Authorization: Bearer $TOKEN" '${base}/Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893&_pretty=true'`,
      'A clinical user, login and all:',
      `  curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/fhir+json' -d @examples/PractitionerRole/clinical-user.json '${base}/PractitionerRole?_pretty=true'`,
      'Free appointments of a provider:',
      `  curl -s -H "Authorization: Bearer $TOKEN" '${base}/Slot?schedule.actor=PractitionerRole/dr-garcia-main&status=free&_count=3&_pretty=true'`,
      'All of it, with answers: npm run examples'
    )
  return `${lines.join('\n')}\n`
}

/** The character entities of XHTML, which a narrative may use. https://www.w3.org/TR/xhtml1/dtds.html#h-A2 */

const greek =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega'
const capitals = greek.replace(/\b[a-z]/g, letter => letter.toUpperCase())
const lettersOf = (accent: string, letters: string): string => letters.replace(/\S/g, `$&${accent}`)

export const ENTITIES: ReadonlySet<string> = new Set(
  [
    'quot amp apos lt gt nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn',
    'sup1 sup2 sup3 acute micro para middot cedil ordm raquo frac14 frac12 frac34 iquest times divide szlig yuml Yuml',
    lettersOf('grave', 'A E I O U a e i o u'),
    lettersOf('acute', 'A E I O U Y a e i o u y'),
    lettersOf('circ', 'A E I O U a e i o u'),
    lettersOf('tilde', 'A N O a n o'),
    lettersOf('uml', 'A E I O U a e i o u'),
    'Aring aring AElig aelig OElig oelig Ccedil ccedil ETH eth Oslash oslash THORN thorn Scaron scaron fnof circ tilde',
    greek,
    capitals,
    'sigmaf thetasym upsih piv bull hellip prime Prime oline frasl weierp image real trade alefsym',
    'larr uarr rarr darr harr crarr lArr uArr rArr dArr hArr forall part exist empty nabla isin notin ni prod sum minus',
    'lowast radic prop infin ang and or cap cup int there4 sim cong asymp ne equiv le ge sub sup nsub sube supe oplus',
    'otimes perp sdot lceil rceil lfloor rfloor lang rang loz spades clubs hearts diams',
    'ensp emsp thinsp zwnj zwj lrm rlm ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo dagger Dagger permil lsaquo rsaquo',
    'euro'
  ]
    .join(' ')
    .split(' ')
)

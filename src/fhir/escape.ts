/** Text within XML and XHTML. https://www.w3.org/TR/xml/#syntax */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** https://hl7.org/fhir/R4/narrative.html */
import { expect, test } from '@jest/globals'
import { errorsOf } from './fixture.js'

const narrated = (content: string, open = '<div xmlns="http://www.w3.org/1999/xhtml">') => ({
  resourceType: 'Practitioner',
  text: { status: 'generated', div: `${open}${content}</div>` }
})
const PLACE = 'Practitioner.text.`div`'

test.each([
  '<p>Ann <b>Lee</b></p>',
  'a &amp; b &#160; &nbsp;',
  '&eacute;&Omega;&frac12;&rarr;',
  '<![CDATA[a < b & c]]>',
  '<img src="x.png"/>',
  '<!-- comment -->x',
  '<table class="grid"><tr><td colspan="2">x</td></tr></table>',
  "<a href='http://x.org?a=1&amp;b=2'>x</a>"
])('allowed: %s', content => expect(errorsOf(narrated(content))).toEqual([]))

test('the namespace is declared, not just named', () =>
  expect(errorsOf(narrated('x', '<div class="http://www.w3.org/1999/xhtml">'))).toEqual([`xhtml ${PLACE}`]))

test.each([
  ['<p>x', 'xhtml'],
  ['x</p>', 'xhtml'],
  ['<p>x</b>', 'xhtml'],
  ['<p xmlns="http://www.w3.org/2000/svg">x</p>', 'xhtml'],
  ['x &#0;', 'xhtml'],
  ['x &#xD800;', 'xhtml'],
  ['x ]]> y', 'xhtml'],
  ['a & b', 'xhtml'],
  ['a &nonesuch; b', 'xhtml'],
  ['a \u0001 b', 'xhtml'],
  ['<![CDATA[a', 'xhtml'],
  ['a < b', 'xhtml'],
  ['<p class=x>y</p>', 'xhtml'],
  ['<p class="a" class="b">y</p>', 'xhtml'],
  ['<script>x</script>', 'txt-1'],
  ['<form>x</form>', 'txt-1'],
  ['<p onclick="x()">y</p>', 'txt-1'],
  ['<a href="javascript:x()">y</a>', 'txt-1'],
  [' <br/> ', 'txt-2']
])('refused: %s', (content, rule) => expect(errorsOf(narrated(content))).toEqual([`${rule} ${PLACE}`]))

test('a div without namespace', () => expect(errorsOf(narrated('x', '<div>'))).toEqual([`xhtml ${PLACE}`]))

test('a div of another namespace', () =>
  expect(errorsOf(narrated('x', '<div xmlns="http://www.w3.org/1999/xhtml2">'))).toEqual([`xhtml ${PLACE}`]))

test('time is linear in the length', () => {
  const started = performance.now()
  for (const content of [
    '<'.repeat(500_000),
    '<p '.repeat(200_000),
    '<!--'.repeat(200_000),
    `<p ${'a="b" '.repeat(100_000)}`
  ])
    errorsOf(narrated(content))
  expect(performance.now() - started).toBeLessThan(5_000)
})

/** The box around a point holds all that is near it, wherever on Earth. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { boxAround, EARTH, parseNear } from '../../src/search/near.js'

const radians = (degrees: number): number => (degrees * Math.PI) / 180
const degrees = (angle: number): number => (angle * 180) / Math.PI

/** Where one gets from a point by a bearing and a distance: by vectors, for an arcsine is wrong by millimeters near a pole. */
function reached(latitude: number, longitude: number, bearing: number, meters: number): [number, number] {
  const [north, angle, turn] = [radians(latitude), meters / EARTH, radians(bearing)]
  const [forth, aside] = [Math.cos(turn) * Math.sin(angle), Math.sin(turn) * Math.sin(angle)]
  const x = Math.cos(north) * Math.cos(angle) - Math.sin(north) * forth
  const z = Math.sin(north) * Math.cos(angle) + Math.cos(north) * forth
  const around = longitude + degrees(Math.atan2(aside, x))
  const to = degrees(Math.atan2(z, Math.hypot(x, aside)))
  return [to, around > 180 ? around - 360 : around < -180 ? around + 360 : around]
}

test('what is reached within the distance lies in the box', () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
  fc.assert(
    fc.property(
      number(-90, 90),
      number(-180, 180),
      number(0, 360),
      number(0, 2e7),
      number(0, 1),
      (latitude, longitude, bearing, meters, part) => {
        const [north, east] = reached(latitude, longitude, bearing, meters * part)
        const box = boxAround({ form: 'near', latitude, longitude, meters })
        expect(north).toBeGreaterThanOrEqual(box.latitude[0])
        expect(north).toBeLessThanOrEqual(box.latitude[1])
        expect(box.longitude.some(([low, high]) => east >= low && east <= high)).toBe(true)
      }
    ),
    { numRuns: 2000, examples: [[89.99999749597485, 0, 0, 0, 0]] }
  )
})

test.each([
  ['42.65|-73.75', 50_000],
  ['42.65|-73.75|3', 3000],
  ['42.65|-73.75|3|km', 3000],
  ['42.65|-73.75|1|[mi_i]', 1609.344],
  ['+42.65|-73.75|.5|m', 0.5],
  ['42.65|-73.75||km', 50_000]
])('%s', (text, meters) => {
  expect(parseNear(text)).toEqual({ form: 'near', latitude: 42.65, longitude: -73.75, meters })
})

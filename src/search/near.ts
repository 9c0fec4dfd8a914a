/** `near`: latitude, longitude, distance and its unit. https://hl7.org/fhir/R4/location.html#positional */
import type { NearValue } from './plan.js'

/** Meters, by UCUM code or what people write; none: km. */
const UNITS: Readonly<Record<string, number>> = {
  km: 1000,
  m: 1,
  '[mi_i]': 1609.344,
  '[mi_us]': 1609.347,
  mi: 1609.344,
  '[nmi_i]': 1852,
  '[ft_i]': 0.3048,
  ft: 0.3048
}
/** Meters that count as near when no distance is given. */
const DISTANCE = 50_000

export const NEAR_FORM = `latitude|longitude|distance|unit in degrees and one of ${Object.keys(UNITS).join(', ')}, such as 42.65|-73.75|10|km`

/** Undefined when it is no such value. */
export function parseNear(text: string): NearValue | undefined {
  const [latitude, longitude, distance = '', unit = '', ...more] = text.split('|').map(part => part.trim())
  const [north, east] = [degrees(latitude, 90), degrees(longitude, 180)]
  const factor = Object.hasOwn(UNITS, unit || 'km') ? UNITS[unit || 'km']! : undefined
  const meters = distance === '' ? DISTANCE : decimal(distance) * (factor ?? NaN)
  if (north === undefined || east === undefined || more.length > 0 || !(meters >= 0) || factor === undefined)
    return undefined
  return { form: 'near', latitude: north, longitude: east, meters }
}

const decimal = (text: string): number => (/^[+-]?(\d{1,9}(\.\d{0,20})?|\.\d{1,20})$/.test(text) ? Number(text) : NaN)

function degrees(text: string | undefined, most: number): number | undefined {
  const value = decimal(text ?? '')
  return Math.abs(value) <= most ? value : undefined
}

/** Mean radius of the Earth in meters, as app.distance has it. */
export const EARTH = 6_371_008.8

/** Degrees: what lies outside of these is further away. Two spans of longitude where the date line lies between. */
export interface Box {
  latitude: [low: number, high: number]
  longitude: [low: number, high: number][]
}

/** The smallest such box; wide by a breath, for distances are computed with rounding. */
export function boxAround({ latitude, longitude, meters }: NearValue): Box {
  const angle = Math.min((meters * (1 + 1e-9)) / EARTH + 1e-9, Math.PI)
  const [low, high] = [latitude - toDegrees(angle), latitude + toDegrees(angle)]
  const north = { latitude: [Math.max(low, -90), Math.min(high, 90)] as [number, number] }
  if (low <= -90 || high >= 90) return { ...north, longitude: [[-180, 180]] }
  const width = toDegrees(Math.asin(Math.min(1, Math.sin(angle) / Math.cos((latitude * Math.PI) / 180))))
  const [west, east] = [longitude - width, longitude + width]
  if (west >= -180 && east <= 180) return { ...north, longitude: [[west, east]] }
  const [from, to] = [west < -180 ? west + 360 : west, east > 180 ? east - 360 : east]
  return {
    ...north,
    longitude: [
      [from, 180],
      [-180, to]
    ]
  }
}

const toDegrees = (radians: number): number => (radians * 180) / Math.PI

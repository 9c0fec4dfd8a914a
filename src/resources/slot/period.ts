export { periodOf, weeklyHours } from '../period.js'

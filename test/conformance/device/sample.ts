/** One of the made-up type, with each element that it can be searched by. */
export const device = {
  resourceType: 'Device',
  identifier: [{ system: 'urn:example:serial', value: 'X-4711' }],
  status: 'active',
  manufactureDate: '2025-11-03T10:00:00+01:00',
  deviceName: [{ name: 'Ultrasound scanner', type: 'user-friendly-name' }],
  type: { coding: [{ system: 'http://snomed.info/sct', code: '278200003' }], text: 'Scanner' },
  url: 'http://devices.example/x-4711',
  owner: { reference: 'Organization/t-demo' },
  location: { reference: 'Location/main' },
  note: [{ text: 'Second room on the left' }]
}

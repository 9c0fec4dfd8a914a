/** One of the made-up type, with each element that it can be searched by. */
export const device = {
  resourceType: 'Device',
  meta: {
    profile: ['http://devices.example/StructureDefinition/scanner'],
    source: 'http://devices.example/inventory',
    tag: [{ system: 'urn:example:tags', code: 'lent' }],
    security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }]
  },
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

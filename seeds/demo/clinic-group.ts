/** Tenant `demo`: two clinics, six professionals and five services, with openings on every working day. */
import { clinic, doctor, licensed, role, schedule, service, unlicensed } from './build.js'
import { PERSONS } from './directory.js'
import { concept, membershipRole, officeHours, scheduleHours, SERVICE_TYPE, SNOMED, USER_ACCOUNT } from './elements.js'
import type { SeedResource } from './insert.js'

export const clinicGroup: SeedResource[] = [
  clinic({
    id: 'main',
    name: 'Main Street Clinic',
    alias: 'Downtown',
    line: '100 Main Street',
    zip: '12207',
    latitude: 42.6526,
    longitude: -73.7562
  }),
  clinic({
    id: 'harbor',
    name: 'Harbor Clinic',
    alias: 'Waterfront',
    line: '7 Quay Road',
    zip: '12202',
    latitude: 42.6374,
    longitude: -73.7497
  }),

  licensed('dr-garcia', PERSONS.garcia, 'female', 'elena.garcia@demo.example'),
  licensed('dr-lee', PERSONS.lee, 'male', 'minh.lee@demo.example'),
  licensed('dr-okafor', PERSONS.okafor, 'female'),
  licensed('pt-novak', PERSONS.novak, 'male'),
  unlicensed('sam-taylor', 'Sam', 'Taylor'),
  unlicensed('ruth-miller', 'Ruth', 'Miller', 'ruth.miller@demo.example'),

  role('dr-garcia-main', 'dr-garcia', ['main'], {
    meta: USER_ACCOUNT,
    code: [membershipRole('CLINIC_ADMIN'), doctor],
    specialty: [concept(SNOMED, '419772000', 'Family practice')],
    availableTime: officeHours
  }),
  role('dr-lee', 'dr-lee', ['main', 'harbor'], {
    meta: USER_ACCOUNT,
    code: [membershipRole('STAFF'), doctor],
    specialty: [concept(SNOMED, '394537008', 'Pediatric specialty')]
  }),
  role('dr-okafor-harbor', 'dr-okafor', ['harbor'], {
    code: [doctor],
    specialty: [concept(SNOMED, '394582007', 'Dermatology')],
    availableTime: officeHours
  }),
  role('pt-novak-harbor', 'pt-novak', ['harbor'], {
    code: [{ text: 'Physiotherapist' }],
    availableTime: officeHours
  }),
  role('sam-taylor-main', 'sam-taylor', ['main'], { code: [{ text: 'Hairdresser' }], availableTime: officeHours }),
  role('ruth-miller-office', 'ruth-miller', ['main'], { meta: USER_ACCOUNT, code: [membershipRole('CLINIC_ADMIN')] }),

  service({
    id: 'consultation',
    name: 'Consultation',
    type: concept(SERVICE_TYPE, '124', 'General Practice'),
    minutes: 30,
    dollars: 120,
    clinics: ['main'],
    provider: 'dr-garcia-main'
  }),
  service({
    id: 'child-checkup',
    name: "Children's check-up",
    type: concept(SERVICE_TYPE, '200', 'Paediatric Medicine'),
    minutes: 60,
    dollars: 150,
    clinics: ['main', 'harbor'],
    provider: 'dr-lee'
  }),
  service({
    id: 'physiotherapy',
    name: 'Physiotherapy',
    type: concept(SERVICE_TYPE, '65', 'Physiotherapy'),
    minutes: 45,
    dollars: 90,
    clinics: ['harbor'],
    provider: 'pt-novak-harbor',
    bufferAfter: 15
  }),
  service({
    id: 'vaccination',
    name: 'Vaccination',
    type: concept(SERVICE_TYPE, '57', 'Immunization'),
    minutes: 15,
    dollars: 40,
    clinics: ['harbor']
  }),
  service({
    id: 'haircut',
    name: 'Haircut',
    type: { text: 'Haircut' },
    minutes: 45,
    dollars: 35,
    clinics: ['main'],
    provider: 'sam-taylor-main',
    aliases: ['corte de pelo']
  }),

  schedule('dr-garcia-main', 'dr-garcia', 'dr-garcia-main', 'main'),
  schedule('dr-lee-harbor', 'dr-lee', 'dr-lee', 'harbor', scheduleHours(['mon', 'tue', 'wed'], '09:00:00', '17:00:00')),
  schedule('dr-lee-main', 'dr-lee', 'dr-lee', 'main', scheduleHours(['thu', 'fri'], '09:00:00', '17:00:00')),
  schedule('dr-okafor-harbor', 'dr-okafor', 'dr-okafor-harbor', 'harbor'),
  schedule('pt-novak-harbor', 'pt-novak', 'pt-novak-harbor', 'harbor'),
  schedule('sam-taylor-main', 'sam-taylor', 'sam-taylor-main', 'main')
]

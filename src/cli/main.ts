#!/usr/bin/env node
/** The command `locum`. */
import { Command } from 'commander'
import { npiCommand } from './npi/command.js'
import { validateCommand } from './validate/command.js'

await new Command('locum')
  .description('FHIR R4 facade for provider directories, account provisioning and availability')
  .addCommand(validateCommand())
  .addCommand(npiCommand())
  .parseAsync()

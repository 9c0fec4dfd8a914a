#!/usr/bin/env node
/** The command `locum`. */
import { Command } from 'commander'
import { clientCommand } from './client.js'
import { npiCommand } from './npi/command.js'
import { migrateCommand, serveCommand } from './serve.js'
import { tokenCommand } from './token.js'
import { validateCommand } from './validate/command.js'

await new Command('locum')
  .description('FHIR R4 facade for provider directories, account provisioning and availability')
  .addCommand(serveCommand())
  .addCommand(migrateCommand())
  .addCommand(clientCommand())
  .addCommand(tokenCommand())
  .addCommand(validateCommand())
  .addCommand(npiCommand())
  .parseAsync()

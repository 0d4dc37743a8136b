/** All tidy rules, in the order in which they are reported. */
import { ambient } from './ambient.ts';
import { docstrings } from './docstrings.ts';
import { imports } from './imports.ts';
import { emptyWords, machinePaths, reminders } from './leftovers.ts';
import { links } from './links.ts';
import { manifest } from './manifest.ts';
import { noAny, noBarrel, noDefaultExport } from './modules.ts';
import { floatMoney } from './money.ts';
import { glossary, kebabCase } from './names.ts';
import { registries } from './registries.ts';
import { noPathIntoTarget, ownSignals, scenariosAreData } from './separation.ts';
import { fileSize, functionSize, lineWidth } from './sizes.ts';
import type { Rule } from './source.ts';
import { testedErrors } from './tested-errors.ts';
import { numberUnits } from './units.ts';

export const rules: readonly Rule[] = [
  imports,
  registries,
  ambient,
  floatMoney,
  scenariosAreData,
  ownSignals,
  noPathIntoTarget,
  fileSize,
  functionSize,
  lineWidth,
  noAny,
  noDefaultExport,
  noBarrel,
  docstrings,
  numberUnits,
  kebabCase,
  glossary,
  reminders,
  machinePaths,
  emptyWords,
  links,
  testedErrors,
  manifest,
];

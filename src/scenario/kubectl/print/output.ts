/**
 * `-o`: how objects are printed, and what is said of a format nobody knows.
 *
 * Models cli-runtime/pkg/genericclioptions (print_flags.go, json_yaml_flags.go, jsonpath_flags.go, template_flags.go) and
 * kubectl/pkg/cmd/get/get_flags.go.
 */
import type { KubeObject } from '../../../model/meta.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError } from '../errors.ts';
import { asMap, goJson, isMap, type Json, listAt, sorted } from '../json.ts';
import { resourceName } from '../names.ts';
import { customColumns, customColumnsOfTemplate, customColumnsText } from './custom-columns.ts';
import { goOrdered } from './go-order.ts';
import { GoTemplate } from './go-template.ts';
import { GoTemplateError } from './go-template-parser.ts';
import { JsonPath } from './jsonpath.ts';
import { JsonPathError } from './jsonpath-parser.ts';
import { kyamlText } from './kyaml.ts';
import { yamlText } from './yaml.ts';

/** Prints one object after the other, or a list of them. */
export interface Printer {
  print(object: KubeObject): string;
}

const DATA_FORMATS = ['json', 'yaml', 'kyaml', 'name'];
const TEMPLATE_FORMATS = ['go-template', 'go-template-file', 'template', 'templatefile', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file'];
const COLUMN_FORMATS = ['custom-columns', 'custom-columns-file'];

export interface PrinterOptions {
  /** `get` alone prints tables and columns of one's own. */
  readonly hasTables?: boolean;
  /** The object was put together by kubectl and not read from the server: its fields stand in the order of their Go types. */
  readonly isTyped?: boolean;
}

/** The printer for `-o`; undefined when nothing special is wanted. */
export function printerOf(command: ParsedCommand, context: KubectlContext, options: PrinterOptions = {}): Printer | undefined {
  const { flags } = command;
  const template = flags.text('template');
  const given = flags.text('output') ?? (template === undefined ? '' : 'go-template');
  const equals = given.indexOf('=');
  const format = equals < 0 ? given : given.slice(0, equals);
  const argument = equals < 0 ? (template ?? '') : given.slice(equals + 1);
  if (given === '' || (options.hasTables === true && format === 'wide')) return undefined;
  const keep = flags.isOn('show-managed-fields') ? (object: KubeObject) => asMap(object) : withoutManagedFields;
  const ordered = (object: KubeObject) => (options.isTyped === true ? goOrdered(keep(object)) : sorted(keep(object)));
  switch (format) {
    case 'json':
      return { print: (object) => `${goJson(ordered(object), 4)}\n` };
    case 'yaml': {
      let count = 0;
      return { print: (object) => `${count++ > 0 ? '---\n' : ''}${yamlText(keep(object))}` };
    }
    case 'kyaml':
      return { print: (object) => kyamlText(keep(object)) };
    case 'name':
      return {
        print: (object) =>
          itemsOf(object)
            .map((one) => `${resourceName(one)}\n`)
            .join(''),
      };
    case 'jsonpath':
    case 'jsonpath-as-json':
    case 'jsonpath-file':
      return jsonPathPrinter(format, argument, keep, context);
    case 'go-template':
    case 'template':
    case 'go-template-file':
    case 'templatefile':
      return goTemplatePrinter(format, argument, keep, context);
    case 'custom-columns':
    case 'custom-columns-file':
      if (options.hasTables === true) return columnsPrinter(format, argument, !flags.isOn('no-headers'), context);
      break;
    default:
  }
  const allowed =
    options.hasTables === true ? [...COLUMN_FORMATS, ...DATA_FORMATS, ...TEMPLATE_FORMATS, 'wide'] : [...DATA_FORMATS, ...TEMPLATE_FORMATS];
  throw new KubectlError(
    `unable to match a printer suitable for the output format "${given}", allowed formats are: ${allowed.sort().join(',')}`,
  );
}

function jsonPathPrinter(format: string, argument: string, keep: (object: KubeObject) => Json, context: KubectlContext): Printer {
  const template = templateText(argument, format === 'jsonpath-file', context);
  let path: JsonPath;
  try {
    path = new JsonPath(template);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw new KubectlError(`error parsing jsonpath ${template}, ${error.message}`);
  }
  return {
    print: (object) => {
      try {
        return format === 'jsonpath-as-json' ? path.printJson(keep(object)) : path.print(keep(object));
      } catch (error) {
        if (!(error instanceof JsonPathError)) throw error;
        throw new KubectlError(
          `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}`,
        );
      }
    },
  };
}

function goTemplatePrinter(format: string, argument: string, keep: (object: KubeObject) => Json, context: KubectlContext): Printer {
  const text = templateText(argument, format.endsWith('file'), context);
  try {
    const template = new GoTemplate(text);
    return { print: (object) => template.print(keep(object)) };
  } catch (error) {
    if (!(error instanceof GoTemplateError)) throw error;
    throw new KubectlError(`error parsing template ${text}, ${error.message}`);
  }
}

function columnsPrinter(format: string, argument: string, hasHeaders: boolean, context: KubectlContext): Printer {
  const columns = format === 'custom-columns' ? customColumns(argument) : customColumnsOfTemplate(templateText(argument, true, context));
  return { print: (object) => customColumnsText(columns, itemsOf(object).map(asMap), hasHeaders) };
}

function templateText(argument: string, isFile: boolean, context: KubectlContext): string {
  if (argument === '') throw new KubectlError('template format specified but no template given');
  if (!isFile) return argument;
  const text = context.files.text(argument);
  if (text === undefined) throw new KubectlError(`error reading --template ${argument}, open ${argument}: no such file or directory`);
  return text;
}

/** The items of a list, or the one object. */
export function itemsOf(object: KubeObject): readonly KubeObject[] {
  return Array.isArray((object as { readonly items?: unknown }).items) && object.kind.endsWith('List')
    ? (listAt(object, 'items') as readonly KubeObject[])
    : [object];
}

/** Who has written what is hidden unless it is asked for. */
function withoutManagedFields(object: KubeObject): { readonly [field: string]: Json } {
  const map = asMap(object);
  if (Array.isArray(map.items)) return { ...map, items: map.items.map((item) => withoutManagedFields(item as KubeObject)) };
  if (!isMap(map.metadata) || map.metadata.managedFields === undefined) return map;
  const { managedFields: _, ...metadata } = map.metadata;
  return { ...map, metadata };
}

import type { FieldError } from '../domain/json.ts';
import type { Template } from '../domain/template.ts';

/** Names that every body of Passcreator may have by itself; they win over the names of fields (P11). */
const FIXED_NAMES: ReadonlySet<string> = new Set([
  'identifier',
  'passId',
  'uniqueIdentifier',
  'createdOn',
  'passTemplate',
  'userProvidedId',
  'noOfActivePasses',
  'noOfInactivePasses',
  'barcodeValue',
  'barcodeAlternativeText',
  'expirationDate',
  'buyerEmail',
  'buyerFirstName',
  'buyerLastName',
  'buyerStreet',
  'buyerZipCode',
  'buyerCity',
  'bulkCreationId',
  'linkToPassPage',
  'passTemplateGuid',
  'operatingSystem',
  'genericProperties',
  'signature',
  'signedData',
]);

interface DynamicName {
  readonly name: string;
  readonly key: string;
}

/**
 * The names of a template's personalised fields, `{area}_{index}_{label}`, in template order. The index is the field's own
 * or its position among the fields of its area; a field without an area has no name.
 */
export function dynamicNames({ fields }: Pick<Template, 'fields'>): readonly DynamicName[] {
  const positions = new Map<string, number>();
  return fields.flatMap(({ key, label, area, index, personalised }) => {
    if (area === undefined) return [];
    const position = positions.get(area) ?? 0;
    positions.set(area, position + 1);
    const name = `${area}_${index ?? position}_${label ?? key}`;
    return personalised && !FIXED_NAMES.has(name) ? [{ name, key }] : [];
  });
}

/** P11: two fields of one name cannot both be shown. */
export function refuseTemplate(template: Pick<Template, 'fields'>): FieldError | undefined {
  const owners = new Map<string, string>();
  for (const { name, key } of dynamicNames(template)) {
    const owner = owners.get(name);
    if (owner !== undefined) {
      const position = template.fields.findIndex((field) => field.key === key);
      return { pointer: `/fields/${position}`, detail: `has the same name for Passcreator as the field ${owner}: ${name}` };
    }
    owners.set(name, key);
  }
  return undefined;
}

import { NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';

export type Options = Readonly<Record<string, Schemas['Json']>>;

/** The part of JSON Schema that options are described with. */
interface Property {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: Schemas['Json'];
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly 'x-enum-labels'?: Readonly<Record<string, string>>;
}

interface Props {
  /** The JSON Schema of the options. */
  readonly schema: unknown;
  readonly options: Options;
  /** What is wrong with an option, by its name. */
  readonly problems?: Readonly<Record<string, string | undefined>>;
  readonly isReadOnly?: boolean;
  onChange(options: Options): void;
}

interface OptionsSchema {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

/** The options of a dialect, as its JSON Schema describes them. Nothing where it has none. */
export function OptionsForm({ schema, options, problems = {}, isReadOnly = false, onChange }: Props) {
  const { properties = {}, required = [] } = schema as OptionsSchema;
  const entries = Object.entries(properties);
  if (entries.length === 0) return null;
  return (
    <Stack gap="sm">
      {entries.map(([name, property]) => (
        <Option
          key={name}
          name={name}
          property={property}
          value={options[name]}
          isRequired={required.includes(name)}
          problem={problems[name]}
          isReadOnly={isReadOnly}
          onChange={(value) => onChange(withOption(options, name, value))}
        />
      ))}
    </Stack>
  );
}

/** An option without a value is left out. */
function withOption(options: Options, name: string, value: Schemas['Json'] | undefined): Options {
  const others = Object.fromEntries(Object.entries(options).filter(([one]) => one !== name));
  return value === undefined || value === '' ? others : { ...others, [name]: value };
}

/** Which required options have no value yet. */
export function missingOptions(schema: unknown, options: Options): readonly string[] {
  return ((schema as OptionsSchema).required ?? []).filter((name) => options[name] === undefined);
}

interface OptionProps {
  readonly name: string;
  readonly property: Property;
  readonly value: Schemas['Json'] | undefined;
  readonly isRequired: boolean;
  readonly problem: string | undefined;
  readonly isReadOnly: boolean;
  onChange(value: Schemas['Json'] | undefined): void;
}

function Option({ name, property, value, isRequired, problem, isReadOnly, onChange }: OptionProps) {
  const { type, title = name, description, enum: values, default: unset, maxLength } = property;
  const common = { label: title, description, error: problem };
  if (type === 'boolean') {
    return (
      <Switch
        {...common}
        checked={(value ?? unset) === true}
        disabled={isReadOnly}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (values) {
    const labels = property['x-enum-labels'] ?? {};
    return (
      <Select
        {...common}
        allowDeselect={false}
        readOnly={isReadOnly}
        data={values.map((one) => ({ value: one, label: labels[one] ?? one }))}
        value={String(value ?? unset ?? values[0])}
        onChange={(chosen) => onChange(chosen ?? undefined)}
      />
    );
  }
  if (type === 'number' || type === 'integer') {
    return (
      <NumberInput
        {...common}
        readOnly={isReadOnly}
        required={isRequired}
        value={(value as number | undefined) ?? ''}
        onChange={(number) => onChange(typeof number === 'number' ? number : undefined)}
      />
    );
  }
  return (
    <TextInput
      {...common}
      readOnly={isReadOnly}
      required={isRequired}
      {...(maxLength !== undefined && { maxLength })}
      placeholder={property.format === 'date-time' ? '2026-12-31T00:00:00Z' : ''}
      value={String(value ?? '')}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

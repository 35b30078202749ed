import { Box, Stack, Switch, Text, TextInput } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { fields as text } from '../../strings/fields.ts';
import { tokensOf } from '../preview/marked-lines.ts';
import classes from './fields.module.css';

export type Mapping = Required<Schemas['Mapping']>;
type Field = Schemas['DescribedField'];

export const NO_MAPPING: Mapping = { rename: {}, remove: [] };

interface Props {
  readonly fields: readonly Field[];
  readonly mapping: Mapping;
  /** What is wrong with a field's mapping, by its name. */
  readonly problems: ReadonlyMap<string, string>;
  /** JSON Pointers of the pass id. */
  readonly passIdPaths: readonly string[];
  /** Absent: it is only shown. */
  onChange?(mapping: Mapping, field: string): void;
}

/** Every field of the body: turn off what is not needed, rename what the receiver calls differently. */
export function FieldsTable({ fields, mapping, problems, passIdPaths, onChange }: Props) {
  const removed = new Set(mapping.remove);
  return (
    <Stack gap={0}>
      <div className={classes.head} aria-hidden>
        <span>{text.field}</span>
        <span>{text.type}</span>
        <span>{text.sample}</span>
        <span>{text.send}</span>
        <span>{text.sendAs}</span>
      </div>
      <Box component="ul" className={classes.rows} aria-label={text.title}>
        {fields.map((field) => {
          const isBelowRemoved = fields.some(({ name, path }) => removed.has(name) && field.path.startsWith(`${path}/`));
          return (
            <Row
              key={field.name}
              field={field}
              isSent={!removed.has(field.name) && !isBelowRemoved}
              isBelowRemoved={isBelowRemoved}
              sentAs={mapping.rename[field.name]}
              problem={problems.get(field.name)}
              isPassId={passIdPaths.includes(field.path)}
              {...(onChange && { onChange: (change) => onChange(changed(mapping, field.name, change), field.name) })}
            />
          );
        })}
      </Box>
    </Stack>
  );
}

interface Change {
  readonly isSent?: boolean;
  readonly sentAs?: string;
}

function changed({ rename, remove }: Mapping, name: string, { isSent, sentAs }: Change): Mapping {
  const renames = Object.fromEntries(Object.entries(rename).filter(([one]) => one !== name || sentAs === undefined));
  return {
    rename: sentAs === undefined || sentAs === '' ? renames : { ...renames, [name]: sentAs },
    remove: isSent === undefined ? remove : isSent ? remove.filter((one) => one !== name) : [...remove, name],
  };
}

interface RowProps {
  readonly field: Field;
  readonly isSent: boolean;
  readonly isBelowRemoved: boolean;
  readonly sentAs: string | undefined;
  readonly problem: string | undefined;
  readonly isPassId: boolean;
  onChange?(change: Change): void;
}

function Row({ field, isSent, isBelowRemoved, sentAs, problem, isPassId, onChange }: RowProps) {
  const { name, type, sample, open } = field;
  const depth = tokensOf(name).length - 1;
  const isFixed = onChange === undefined || isBelowRemoved;
  return (
    <li className={classes.row} data-field={name}>
      <span className={classes.name} style={{ paddingInlineStart: `${depth * 14}px` }}>
        {tokensOf(name).at(-1)}
      </span>
      <Text span size="xs" c="dimmed">
        {text.types[type]}
      </Text>
      <span className={classes.sample}>{type === 'object' || type === 'array' ? '' : JSON.stringify(sample)}</span>
      <Switch
        size="sm"
        aria-label={text.sendField(name)}
        checked={isSent}
        disabled={isFixed}
        onChange={(event) => onChange?.({ isSent: event.currentTarget.checked })}
      />
      {isSent ? (
        <TextInput
          size="xs"
          aria-label={text.sendFieldAs(name)}
          placeholder={tokensOf(name).at(-1) ?? name}
          value={sentAs ?? ''}
          readOnly={isFixed}
          error={problem}
          maxLength={255}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange?.({ sentAs: event.currentTarget.value })}
        />
      ) : (
        <Text span size="xs" c="dimmed">
          {isBelowRemoved ? text.removedWith : text.removed}
        </Text>
      )}
      {(open || (isPassId && !isSent)) && (
        <Text size="xs" c="dimmed" className={classes.below}>
          {isPassId && !isSent ? text.withoutPassId(name) : text.open}
        </Text>
      )}
    </li>
  );
}

/** The problems of a preview or of saving that are about single fields, by the field's name; and the others. */
export function problemsOfFields(problems: readonly Schemas['FieldError'][], mapping: Mapping) {
  const byField = new Map<string, string>();
  const others: Schemas['FieldError'][] = [];
  for (const problem of problems) {
    const [, part, token] = /^\/mapping\/(rename|remove)\/(.*)$/.exec(problem.pointer) ?? [];
    const field =
      token === undefined ? undefined : part === 'rename' ? tokensOf(`/${token}`)[0] : mapping.remove[Number(token)];
    if (field === undefined) others.push(problem);
    else byField.set(field, problem.detail);
  }
  return { byField, others };
}

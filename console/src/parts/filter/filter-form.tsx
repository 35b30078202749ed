import { ActionIcon, Autocomplete, Button, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { filter as text } from '../../strings/filter.ts';
import { type Condition, conditionsOf, type Filter, filterOf, isComplete, OPERATORS, type Operator } from './conditions.ts';

interface Props {
  readonly filter: Filter | null;
  /** Keys of the template's fields. */
  readonly fieldKeys: readonly string[];
  /** What is wrong with the filter. */
  readonly problem?: string | undefined;
  readonly isReadOnly?: boolean;
  onChange(filter: Filter | null): void;
}

/** Members of every event that filters are usually about. */
const MEMBERS = ['/pass/id', '/pass/status', '/pass/userProvidedId', '/device/platform', '/changes'];
const EMPTY = { path: '', operator: 'eq', value: '' } as const;

/** Which events are sent: none, or conditions of which all or any must hold. What is nested deeper is edited as JSON. */
export function FilterForm({ filter, fieldKeys, problem, isReadOnly = false, onChange }: Props) {
  const [edited, setEdited] = useState(() => conditionsOf(filter));
  const [isJson, setJson] = useState(edited === undefined);
  if (isJson || !edited) {
    return <AsJson filter={filter} problem={problem} isReadOnly={isReadOnly} onChange={onChange} />;
  }
  const { match, conditions } = edited;
  const change = (next: typeof edited): void => {
    setEdited(next);
    onChange(filterOf(next));
  };
  const put = (index: number, condition: Condition): void =>
    change({ match, conditions: conditions.map((old, at) => (at === index ? condition : old)) });
  const nextId = Math.max(-1, ...conditions.map(({ id }) => id)) + 1;
  const paths = [...fieldKeys.map((key) => `/pass/fields/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`), ...MEMBERS];
  return (
    <Stack gap="sm">
      {conditions.length === 0 && <Text size="sm">{text.none}</Text>}
      {conditions.length > 1 && (
        <Select
          label={text.match}
          allowDeselect={false}
          readOnly={isReadOnly}
          data={(['all', 'any'] as const).map((value) => ({ value, label: text.matches[value] }))}
          value={match}
          onChange={(value) => change({ match: value as 'all' | 'any', conditions })}
          w={{ base: '100%', sm: 260 }}
        />
      )}
      {conditions.map((condition, index) => (
        <ConditionRow
          key={condition.id}
          number={index + 1}
          condition={condition}
          paths={paths}
          isReadOnly={isReadOnly}
          onChange={(next) => put(index, next)}
          onRemove={() => change({ match, conditions: conditions.filter((_, at) => at !== index) })}
        />
      ))}
      {problem !== undefined && (
        <Text size="sm" c="var(--bad-text)" role="alert">
          {problem}
        </Text>
      )}
      {!isReadOnly && (
        <Group gap="sm">
          <Button
            size="xs"
            variant="default"
            onClick={() => change({ match, conditions: [...conditions, { id: nextId, ...EMPTY }] })}
          >
            {text.add}
          </Button>
          <Button size="xs" variant="subtle" color="gray" onClick={() => setJson(true)}>
            {text.asJson}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface RowProps {
  readonly number: number;
  readonly condition: Condition;
  readonly paths: readonly string[];
  readonly isReadOnly: boolean;
  onChange(condition: Condition): void;
  onRemove(): void;
}

function ConditionRow({ number, condition, paths, isReadOnly, onChange, onRemove }: RowProps) {
  const { path, operator, value } = condition;
  const hasValue = operator !== 'exists' && operator !== 'missing';
  const isMissing = path !== '' && !isComplete(condition);
  return (
    <Group gap="xs" align="flex-start" role="group" aria-label={text.condition(number)}>
      <Autocomplete
        aria-label={text.path(number)}
        placeholder="/pass/fields/points"
        data={[...paths]}
        value={path}
        readOnly={isReadOnly}
        error={path !== '' && !path.startsWith('/') ? text.pathNeeded : undefined}
        onChange={(next) => onChange({ ...condition, path: next })}
        flex={{ base: '1 1 100%', sm: '2 1 180px' }}
      />
      <Select
        aria-label={text.operator(number)}
        allowDeselect={false}
        readOnly={isReadOnly}
        data={OPERATORS.map((one) => ({ value: one, label: text.operators[one] }))}
        value={operator}
        onChange={(next) => onChange({ ...condition, operator: next as Operator })}
        flex={{ base: '1 1 45%', sm: '1 1 130px' }}
      />
      {hasValue && (
        <TextInput
          aria-label={text.value(number)}
          value={value}
          readOnly={isReadOnly}
          error={isMissing && path.startsWith('/') ? text.valueNeeded : undefined}
          onChange={(event) => onChange({ ...condition, value: event.currentTarget.value })}
          flex={{ base: '1 1 30%', sm: '1 1 110px' }}
        />
      )}
      {!isReadOnly && (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text.remove(number)} onClick={onRemove}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}

function AsJson({ filter, problem, isReadOnly, onChange }: Omit<Props, 'fieldKeys'>) {
  const [typed, setTyped] = useState(() => (filter === null ? '' : JSON.stringify(filter, undefined, 2)));
  const [isBroken, setBroken] = useState(false);
  return (
    <Textarea
      label={text.json}
      description={text.jsonHint}
      autosize
      minRows={4}
      maxRows={16}
      value={typed}
      readOnly={isReadOnly ?? false}
      error={isBroken ? text.noJson : problem}
      spellCheck={false}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setTyped(next);
        try {
          onChange(next.trim() === '' ? null : (JSON.parse(next) as Filter));
          setBroken(false);
        } catch {
          setBroken(true);
        }
      }}
    />
  );
}

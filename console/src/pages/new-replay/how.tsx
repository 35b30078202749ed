import { Group, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useQueryString } from '../../router/use-query-string.ts';
import { hasModes, type Source } from './source.ts';
import { newReplay as text } from './strings.ts';
import type { Mode } from './use-dry-run.ts';

interface Props {
  readonly source: Source;
  readonly mode: Mode;
  readonly rate: number | undefined;
  readonly name: string;
  /** Undefined: it is none. */
  onRate(rate: number | undefined): void;
  onName(name: string): void;
}

const MIN_RATE = 0.1;
const MAX_RATE = 500;

/** In which form, how fast, and under which name. */
export function How({ source, mode, rate, name, onRate, onName }: Props) {
  const [, change] = useQueryString();
  return (
    <Stack gap="md">
      {hasModes(source) && (
        <Radio.Group
          value={mode}
          label={text.mode}
          onChange={(value) => void change({ mode: value === 'fresh' ? value : undefined })}
        >
          <Stack gap="xs" mt={4}>
            {(['same', 'fresh'] as const).map((one) => (
              <Radio key={one} value={one} label={text.modes[one]} description={text.modeHints[one]} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      <Group align="flex-start" gap="md">
        <NumberInput
          label={text.rate}
          description={text.rateHint}
          suffix={` ${text.rateUnit}`}
          value={rate ?? ''}
          min={MIN_RATE}
          max={MAX_RATE}
          clampBehavior="none"
          error={rate === undefined && text.badRate}
          onChange={(value) => {
            const wanted = Number(value);
            onRate(value !== '' && wanted >= MIN_RATE && wanted <= MAX_RATE ? wanted : undefined);
          }}
          w={{ base: '100%', sm: 260 }}
        />
        <TextInput
          label={text.name}
          description={text.nameHint}
          placeholder={text.defaultName[source.kind]}
          value={name}
          maxLength={255}
          autoComplete="off"
          onChange={(event) => onName(event.currentTarget.value)}
          w={{ base: '100%', sm: 320 }}
        />
      </Group>
      <Text size="sm" c="dimmed">
        {text.order}
      </Text>
    </Stack>
  );
}

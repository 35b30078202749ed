import { Accordion, Text, Title } from '@mantine/core';
import { useState } from 'react';
import classes from './docs.module.css';
import type { Answer, Operation, Reference, Schema } from './document.ts';
import { Examples, examplesOf } from './examples.tsx';
import { Markdown } from './markdown.tsx';
import { typeOf } from './schema.ts';
import { MemberHead, SchemaTree } from './schema-tree.tsx';
import { docs as text } from './strings.ts';

interface Props {
  readonly title: string;
  readonly operation: Operation;
  readonly reference: Reference;
}

/** The answers of a call by their status, the first one open. */
export function Answers({ title, operation, reference }: Props) {
  const answers = Object.entries(operation.responses);
  const [open, setOpen] = useState<string | null>(answers[0]?.[0] ?? null);
  return (
    <section>
      <Title order={2} mt="xl" mb="xs">
        {title}
      </Title>
      <Accordion value={open} onChange={setOpen} order={3} variant="contained">
        {answers.map(([status, answer]) => (
          <Accordion.Item key={status} value={status}>
            <Accordion.Control>
              <span className={classes.name}>{status}</span> {reference.resolve(answer).value.description}
            </Accordion.Control>
            <Accordion.Panel>
              {open === status && <AnswerBody answer={reference.resolve(answer).value} reference={reference} />}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  );
}

function AnswerBody({ answer, reference }: { readonly answer: Answer; readonly reference: Reference }) {
  const [content] = Object.values(answer.content ?? {});
  const headers = Object.entries(answer.headers ?? {});
  return (
    <>
      {content?.schema ? (
        <SchemaTree schema={content.schema} reference={reference} />
      ) : (
        <Text c="dimmed">{text.noBody}</Text>
      )}
      <Examples title={text.example} examples={examplesOf(content)} />
      {headers.length > 0 && (
        <>
          <Text fw={600} mt="md" mb={4}>
            {text.headers}
          </Text>
          <ul className={classes.members}>
            {headers.map(([name, header]) => {
              const { value } = reference.resolve(header);
              return (
                <li key={name}>
                  <Header name={name} schema={value.schema} reference={reference} />
                  {value.description && <Markdown>{value.description}</Markdown>}
                </li>
              );
            })}
          </ul>
        </>
      )}
    </>
  );
}

function Header(props: { readonly name: string; readonly schema: Schema | undefined; readonly reference: Reference }) {
  const { name, schema, reference } = props;
  return <MemberHead name={name} type={schema ? typeOf(schema, reference) : ''} isRequired={false} bounds={[]} />;
}

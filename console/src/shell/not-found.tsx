import { Text } from '@mantine/core';
import { PageTitle } from '../parts/page-title.tsx';
import { shell as text } from '../strings/shell.ts';

export function NotFound() {
  return (
    <>
      <PageTitle>{text.notFoundTitle}</PageTitle>
      <Text maw={560}>{text.notFound}</Text>
    </>
  );
}

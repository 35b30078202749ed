import { Text } from '@mantine/core';
import { Link } from 'wouter';
import { PageTitle } from '../parts/page-title.tsx';
import { docs as text } from './strings.ts';

export function NotFoundPage() {
  return (
    <>
      <PageTitle>{text.notFound}</PageTitle>
      <Text>
        {text.notFoundText} <Link href="/">{text.toStart}</Link>
      </Text>
    </>
  );
}

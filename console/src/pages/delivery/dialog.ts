import type { Delivery } from './use-delivery.ts';

export interface DialogProps {
  readonly delivery: Delivery;
  readonly isOpen: boolean;
  onClose(): void;
}

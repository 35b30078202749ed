import { setFlagsFromString } from 'node:v8';

// Both processes import this first. On a machine with much memory V8 lets the heap grow up to fourfold before it collects: at full
// load API and worker held 650 to 820 MiB, of which 60 each were live. With a factor of two they hold 480, for 5 to 15 % more CPU;
// smaller factors cost more CPU than they save memory (docs/performance.md).
setFlagsFromString('--heap-growing-percent=100');

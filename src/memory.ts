import { setFlagsFromString } from 'node:v8';

// Both processes import this first. On a machine with much memory V8 lets the heap grow up to fourfold before it collects: at full
// load API and worker held 740 to 820 MiB together, of which 60 each were live. With a factor of two, and the young generation that
// the image sets (NODE_OPTIONS in the Dockerfile, which only the start of a process can), they hold 510. Smaller values cost more
// CPU than they save memory (docs/performance.md).
setFlagsFromString('--heap-growing-percent=100');

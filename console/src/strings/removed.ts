export const removed = {
  erasure: 'Body and pass id were erased (erasure request). The attempts remain. Erased:',
  retention: 'The body was stored as long as configured. The attempts remain. Removed:',
  unknown: 'The body is no longer stored. The attempts remain.',
};

import { problemText } from './problem.ts';
import { PROBLEM_TYPES } from './problem-types.ts';

/** What a repeated request gets whose stored answer was erased. */
export const ERASED_ANSWER = {
  status: PROBLEM_TYPES['answer-erased'].status,
  body: problemText('answer-erased', PROBLEM_TYPES['answer-erased'].description),
};

/** Yes, no, or undefined: not known before the update. */
export type Answer = boolean | undefined;

/** No as soon as one answer is no; yes only when all are. */
export function all(...answers: readonly Answer[]): Answer {
  if (answers.includes(false)) {
    return false;
  }
  return answers.includes(undefined) ? undefined : true;
}

/** Yes as soon as one answer is yes; no only when all are. */
export function any(...answers: readonly Answer[]): Answer {
  return not(all(...answers.map(not)));
}

/** The opposite; unknown stays unknown. */
export function not(answer: Answer): Answer {
  return answer === undefined ? undefined : !answer;
}

import { LABEL_VALUE } from "../components/kubernetes/names";
import { type Problem, refusal } from "./problems";

/** What is wrong with a stack's name, which is the value of the label by which its objects know each other. */
export const stackProblems = (stack: string): Problem[] =>
  LABEL_VALUE.test(stack)
    ? []
    : [
        {
          path: "the stack's name",
          message: refusal(stack, "at most 63 of the characters A-Z a-z 0-9 - _ ., a letter or a digit first and last"),
        },
      ];

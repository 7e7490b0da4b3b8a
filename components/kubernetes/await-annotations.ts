/** Annotation for objects that are complete only when something later in the same update exists, such as a Service before its pods. */
export const skipAwait = { "pulumi.com/skipAwait": "true" };

/** Annotation for Jobs: one that failed is made anew by the next update, where Pulumi would only wait for it again. */
export const replaceUnready = { "pulumi.com/replaceUnready": "true" };

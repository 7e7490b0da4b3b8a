/** Annotation of objects that are complete only with later objects of the same update, such as a Service before its pods. */
export const skipAwait = { "pulumi.com/skipAwait": "true" };

/** Annotation of Jobs: the next update replaces a failed one, whereas Pulumi would only wait for it again. */
export const replaceUnready = { "pulumi.com/replaceUnready": "true" };

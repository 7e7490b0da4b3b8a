/** Forms of Kubernetes' names, as the API server checks them. */

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

const PART = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";

/** Names with dots, of most objects, nodes and hosts. Only their whole length is bounded. */
const SUBDOMAIN = `(?=[a-z0-9.-]{1,253}(?:/|$))${PART}(?:\\.${PART})*`;

/** Names of namespaces, Services, containers and volumes: a DNS label. */
export const DNS_LABEL = new RegExp(`^${LABEL}$`);

/** Names of most other objects, of nodes, and of classes: a DNS subdomain. */
export const DNS_SUBDOMAIN = new RegExp(`^${SUBDOMAIN}$`);

/** A host in a rule of an Ingress: a DNS subdomain, whose first part may be `*`. */
export const INGRESS_HOST = new RegExp(`^(?:\\*\\.)?${SUBDOMAIN}$`);

/** Keys of labels and annotations: a name, with or without a DNS subdomain in front. */
export const LABEL_KEY = new RegExp(`^(?:${SUBDOMAIN}/)?[A-Za-z0-9](?:[\\w.-]{0,61}[A-Za-z0-9])?$`);

/** Values of labels. */
export const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;

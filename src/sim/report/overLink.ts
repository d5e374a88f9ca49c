/** The links of a system, as the settings of its run have them. */
interface WithLinks {
  readonly links?: Readonly<Record<string, { readonly between?: readonly string[] }>>;
}

/** Whether a system has several links between two parties, so that a message says which one it takes. */
export const haveSeveralLinks = (scenario: object, one: string, other: string): boolean =>
  Object.values((scenario as WithLinks).links ?? {}).filter(
    ({ between }) => between?.includes(one) === true && between.includes(other),
  ).length > 1;

/** The link of a message, where there is another one between the two. */
export const overLink = (scenario: object, from: string, to: string, link: string | null): string | null =>
  link !== null && haveSeveralLinks(scenario, from, to) ? `over ${link}` : null;

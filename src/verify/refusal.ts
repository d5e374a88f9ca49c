/** Why a certificate is no proof. */
export class Refusal extends Error {}

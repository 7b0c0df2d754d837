import type { Locations } from "../../domain/listing.js";

/** The addresses of resources (RFC 7643 section 3.1, `meta.location`), below the SCIM base. */
export const userLocation = (id: string, baseUrl: string) => `${baseUrl}/Users/${id}`;
export const groupLocation = (id: string, baseUrl: string) => `${baseUrl}/Groups/${id}`;
export const teamLocation = (id: string, baseUrl: string) => `${baseUrl}/Teams/${id}`;
export const accessTokenLocation = (id: string, baseUrl: string) => `${baseUrl}/AccessTokens/${id}`;
export const auditEventLocation = (id: string, baseUrl: string) => `${baseUrl}/AuditEvents/${id}`;
export const invitationLocation = (id: string, baseUrl: string) => `${baseUrl}/Invitations/${id}`;
export const candidateLocation = (id: string, baseUrl: string) => `${baseUrl}/Candidates/${id}`;

/** For filters and sorting by addresses. */
export const locationsBelow = (baseUrl: string): Locations => ({
  accounts: userLocation("", baseUrl),
  organizations: groupLocation("", baseUrl),
  teams: teamLocation("", baseUrl),
  accessTokens: accessTokenLocation("", baseUrl),
  auditEvents: auditEventLocation("", baseUrl),
  candidates: candidateLocation("", baseUrl),
  invitations: invitationLocation("", baseUrl),
});

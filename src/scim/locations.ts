/** The addresses of resources (RFC 7643 section 3.1, `meta.location`), below the SCIM base. */
export const userLocation = (id: string, baseUrl: string) => `${baseUrl}/Users/${id}`;
export const groupLocation = (id: string, baseUrl: string) => `${baseUrl}/Groups/${id}`;

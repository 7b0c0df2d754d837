import { FormBox, FormField } from "../ui/form.tsx";

/** What is entered of an organization. */
export interface OrganizationValues {
  readonly displayName: string;
  readonly description: string;
  readonly requiresSecondFactor: boolean;
}

export const OrganizationFields = ({ mayRename }: { readonly mayRename: boolean }) => (
  <>
    {mayRename && <FormField<OrganizationValues> name="displayName" label="Name" isRequired autoFocus />}
    <FormField<OrganizationValues> name="description" label="Description" autoFocus={!mayRename} />
    <FormBox<OrganizationValues>
      name="requiresSecondFactor"
      label="Administrators need a second factor"
      hint="Until they show it, their role gives them no power here."
    />
  </>
);

import { X } from "lucide-react";
import { IconButton } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import type { RemovalResult } from "./removal.tsx";
import { nameOf } from "./user-names.ts";
import styles from "./users.module.css";

interface RemovalNoticeProps {
  readonly result: RemovalResult;
  /** Whether accounts were deleted, rather than people removed from an organization. */
  readonly isDeletion: boolean;
  readonly onDismiss: () => void;
}

/** Says what came of a removal, until it is dismissed: how many are gone, and who is not, with the reason. */
export const RemovalNotice = ({ result: { removed, failed }, isDeletion, onDismiss }: RemovalNoticeProps) => (
  <Notice kind={failed.length > 0 ? "problem" : "hint"}>
    <div className={styles.result}>
      <div>
        {removed.length === 1 && removed[0] && (
          <p>
            <bdi>{nameOf(removed[0])}</bdi> was {isDeletion ? "deleted" : "removed"}.
          </p>
        )}
        {removed.length > 1 && (
          <p>
            {removed.length.toLocaleString()} {isDeletion ? "accounts were deleted" : "people were removed"}.
          </p>
        )}
        {failed.map(({ user, reason }) => (
          <p key={user.id}>
            <bdi>{nameOf(user)}</bdi> was not {isDeletion ? "deleted" : "removed"}: {reason}
          </p>
        ))}
      </div>
      <IconButton label="Dismiss" onPress={onDismiss}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  </Notice>
);

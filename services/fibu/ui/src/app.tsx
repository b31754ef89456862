import { Navigate, Route, Routes } from 'react-router';
import { AccountsPage } from './accounts/accounts.page.tsx';
import { BalancesPage } from './balances/balances.page.tsx';
import { DocumentPage } from './document/document.page.tsx';
import './fibu.css';
import { InboxPage } from './inbox/inbox.page.tsx';
import { JournalPage } from './journal/journal.page.tsx';

export default function FibuApp() {
  return (
    <Routes>
      <Route index element={<Navigate to="belege" replace />} />
      <Route path="belege" element={<InboxPage />} />
      <Route path="belege/:documentId" element={<DocumentPage />} />
      <Route path="journal/:entryId?" element={<JournalPage />} />
      <Route path="salden" element={<BalancesPage />} />
      <Route path="konten" element={<AccountsPage />} />
      <Route path="*" element={<Navigate to="belege" replace />} />
    </Routes>
  );
}

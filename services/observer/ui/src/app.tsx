import './observer.css';
import { ServicesPage } from './services/services.page.tsx';

export default function ObserverApp() {
  return <ServicesPage />;
}

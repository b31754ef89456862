/** Global types of the front end: Vite's client and the matchers of the tests. */
import '@testing-library/jest-dom/vitest';
